package org.cloudos.weblogin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.apache.felix.webconsole.spi.SecurityProvider;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Takes the place of the web console's well-known default password. The profile has the console wait for this provider
 * ({@code felix.webconsole.security.providers}), so that it is never open without it.
 */
@Component(property = {"webconsole.security.provider.id=org.cloudos.weblogin", "cloudos.endpoint=web console",
    "cloudos.endpoint.note=user admin, password in DATA/web/password"})
public final class WebLogin implements SecurityProvider {
    private final Password password;

    @Activate
    public WebLogin(BundleContext context) throws IOException {
        password = Password.of(Path.of(context.getProperty("cloudos.data"), "web/password"), new SecureRandom());
    }

    @Override
    public Object authenticate(HttpServletRequest request, HttpServletResponse response) {
        if (password.admits(request.getHeader("Authorization"))) {
            return "admin";
        }
        response.setHeader("WWW-Authenticate", "Basic realm=\"CloudOS\", charset=\"UTF-8\"");
        response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        return null;
    }

    @Override
    public boolean authorize(Object user, String role) {
        return true;
    }

    @Override
    public void logout(HttpServletRequest request, HttpServletResponse response) {
        response.setStatus(HttpServletResponse.SC_UNAUTHORIZED); // Basic has no other way to forget
    }
}
