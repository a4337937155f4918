package org.cloudos.web;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** The server's key as it is now: connections that begin later have the new one. */
final class LiveKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "cloudos";
    private volatile TlsFiles.Identity identity;

    void set(TlsFiles.Identity now) {
        identity = now;
    }

    @Override public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        String algorithm = identity.chain().getFirst().getPublicKey().getAlgorithm();
        boolean fits = keyType.equals(algorithm) || keyType.equals("EdDSA") && algorithm.startsWith("Ed");
        return fits ? ALIAS : null;
    }

    @Override public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override public X509Certificate[] getCertificateChain(String alias) {
        return identity.chain().toArray(X509Certificate[]::new);
    }

    @Override public PrivateKey getPrivateKey(String alias) {
        return identity.key();
    }

    @Override public String[] getServerAliases(String keyType, Principal[] issuers) {
        return new String[] {ALIAS};
    }

    @Override public String[] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
