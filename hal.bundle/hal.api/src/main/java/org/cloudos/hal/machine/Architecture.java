package org.cloudos.hal.machine;

/** Instruction sets. */
public enum Architecture {
    X86_64, AARCH64, OTHER;

    /** The one that this JVM was made for. */
    public static Architecture current() {
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> OTHER;
        };
    }
}
