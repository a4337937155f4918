package org.cloudos.web;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A certificate that signs itself (X.509 v3, RFC 5280): ECDSA with SHA-256, for servers, with its names as alternatives. */
final class SelfSigned {
    /** The key stays the same when the certificate is made again. */
    static final Duration LIFE = Duration.ofDays(730);

    private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final int DNS_NAME = 0x82; // [2] IA5String
    private static final int IP_ADDRESS = 0x87; // [7] OCTET STRING
    private static final int SERIAL_BITS = 159;

    private SelfSigned() { }

    /**
     * Makes one.
     *
     * @param names host names and IP addresses, the first one is the subject's
     * @param from  when it begins to hold
     */
    static X509Certificate make(KeyPair key, List<String> names, Instant from) throws GeneralSecurityException {
        byte[] algorithm = Der.sequence(Der.object(ECDSA_SHA256));
        byte[] subject = Der.sequence(Der.set(Der.sequence(Der.object(COMMON_NAME), Der.text(names.getFirst()))));
        byte[] body = Der.sequence(Der.tagged(0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS - 1)), algorithm, subject,
                Der.sequence(Der.time(from), Der.time(from.plus(LIFE))), subject, key.getPublic().getEncoded(),
                Der.tagged(3, Der.sequence(extensions(names))));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key.getPrivate());
        signature.update(body);
        byte[] certificate = Der.sequence(body, algorithm, Der.bits(signature.sign()));
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
    }

    private static byte[][] extensions(List<String> names) {
        byte[][] alternatives = names.stream().map(SelfSigned::alternative).toArray(byte[][]::new);
        return new byte[][] {
            Der.sequence(Der.object(BASIC_CONSTRAINTS), Der.yes(), Der.octets(Der.sequence())), // no authority
            Der.sequence(Der.object(KEY_USAGE), Der.yes(), Der.octets(Der.flags(0x80, 7))), // digitalSignature
            Der.sequence(Der.object(EXTENDED_KEY_USAGE), Der.octets(Der.sequence(Der.object(SERVER_AUTHENTICATION)))),
            Der.sequence(Der.object(ALTERNATIVE_NAMES), Der.octets(Der.sequence(alternatives)))};
    }

    private static byte[] alternative(String name) {
        if (isAddress(name)) {
            return Der.value(IP_ADDRESS, InetAddress.ofLiteral(name).getAddress());
        }
        return Der.value(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether it is an IP address and no host name. */
    static boolean isAddress(String name) {
        return name.contains(":") || name.matches("\\d+(\\.\\d+){3}");
    }
}
