package org.cloudos.fs;

/** What a node is; {@link #bits} as in st_mode (inode(7), S_IFMT). */
public enum NodeType {
    FIFO(0x1000), CHARACTER_DEVICE(0x2000), FOLDER(0x4000), BLOCK_DEVICE(0x6000), FILE(0x8000), LINK(0xA000), SOCKET(0xC000);

    private static final NodeType[] ALL = values(); // values() copies: of is asked for each file looked at

    private final int bits;

    NodeType(int bits) {
        this.bits = bits;
    }

    public int bits() {
        return bits;
    }

    /** @return null for bits that no type has */
    public static NodeType of(int mode) {
        for (NodeType type : ALL) {
            if (type.bits == (mode & 0xF000)) {
                return type;
            }
        }
        return null;
    }
}
