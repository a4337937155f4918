/**
 * Backups: a ZIP file with {@code manifest.json} (what is in it, with SHA-256 of each), {@code signature} (Ed25519 over the
 * manifest's bytes, RFC 8032), {@code files/...} below the data folder and {@code bundles/SHA256.jar}.
 */
package org.cloudos.config.backup;
