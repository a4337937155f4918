package org.cloudos.fs;

/** What a name in a folder, and text for a link's target, can be. */
public final class Names {
    /** Bytes of UTF-8. */
    public static final int MAX_NAME = 255;
    /** Bytes of UTF-8: PATH_MAX without its NUL. */
    public static final int MAX_PATH = 4095;

    private Names() { }

    /**
     * Checks a name that is to be made.
     *
     * @throws FsException {@code EINVAL} for an empty name, {@code .}, {@code ..}, and one with {@code /} or NUL; {@code ENAMETOOLONG};
     *                     {@code EILSEQ} where the text can't be UTF-8
     */
    public static void check(String name) throws FsException {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new FsException.Refused(Errno.EINVAL, "name \"" + name + "\"");
        }
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '/' || name.charAt(i) == 0) {
                throw new FsException.Refused(Errno.EINVAL, "name with / or NUL");
            }
        }
        length(name, MAX_NAME);
    }

    /**
     * Bytes of UTF-8 that the text takes.
     *
     * @throws FsException {@code ENAMETOOLONG} for more than {@code most}; {@code EILSEQ} for half of a surrogate pair
     */
    public static int length(String text, int most) throws FsException {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                throw new FsException.Refused(Errno.EILSEQ, "text with half a character at " + i);
            }
        }
        if (bytes > most) {
            throw new FsException.Refused(Errno.ENAMETOOLONG, "text of " + bytes + " bytes, at most " + most);
        }
        return bytes;
    }
}
