package org.cloudos.fs.cloudfs.medium;

/** Encrypts blocks by their address. Thread-safe. */
public interface BlockCipher {
    /** In place: whole blocks from {@code at}, the first of which has this address. */
    void encrypt(byte[] bytes, int at, int length, long address);

    void decrypt(byte[] bytes, int at, int length, long address);
}
