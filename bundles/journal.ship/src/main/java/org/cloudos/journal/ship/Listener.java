package org.cloudos.journal.ship;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.cloudos.journal.Journal;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** A port that takes syslog; one for each configuration. */
@Component(service = Listener.class, immediate = true, configurationPid = "org.cloudos.journal.receive",
        configurationPolicy = ConfigurationPolicy.REQUIRE, property = "cloudos.gate=false")
@Designate(ocd = Listener.Config.class, factory = true)
public final class Listener {
    /** Settings of a port. */
    @ObjectClassDefinition(name = "Syslog receiver", description = "A port that takes syslog messages into the journal")
    public @interface Config {
        /** Where. */
        @AttributeDefinition(name = "URL", description = "udp://ADDRESS:514, tcp://ADDRESS:601 or tls://ADDRESS:6514; 0.0.0.0 for all addresses")
        String url();

        /** Own certificate. */
        @AttributeDefinition(name = "Certificate file", description = "PEM file of the certificate and what leads to it, for tls", required = false)
        String certificate() default "";

        /** Its key. */
        @AttributeDefinition(name = "Key file", description = "PEM file of its key, PKCS #8", required = false)
        String key() default "";

        /** Who may send. */
        @AttributeDefinition(name = "CA file", description = "PEM file of the certificates that senders must be signed with; empty takes any sender",
                required = false)
        String ca() default "";
    }

    private final String url;
    private final SyslogReceiver receiver;

    /** Opens the port. */
    @Activate
    public Listener(@Reference Journal journal, Config config) throws IOException {
        url = config.url();
        try {
            receiver = new SyslogReceiver(new URI(url), journal, new Tls(config.ca(), config.certificate(), config.key()), !config.ca().isEmpty());
        } catch (URISyntaxException e) {
            throw new IOException("url: expected udp://ADDRESS:PORT, tcp://ADDRESS:PORT or tls://ADDRESS:PORT, found " + url, e);
        } catch (IOException e) {
            throw new IOException("can't receive at " + url + ": " + e.getMessage(), e);
        }
    }

    String url() {
        return url;
    }

    long received() {
        return receiver.received();
    }

    long dropped() {
        return receiver.dropped();
    }

    @Deactivate
    void close() {
        receiver.close();
    }
}
