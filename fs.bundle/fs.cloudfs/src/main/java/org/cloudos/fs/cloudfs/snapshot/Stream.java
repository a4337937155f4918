package org.cloudos.fs.cloudfs.snapshot;

/**
 * A snapshot as bytes: a header, then records, little-endian.
 *
 * <pre>
 * header: 0 magic "CFSSEND1"(8) · 8 version 1(4) · 12 bytes of the name(4) · 16 snapshot(16) · 32 what it builds on, or zeros(16)
 *         · 48 next inode(8) · 56 made at(8) · 64 name · crc32c of all before(4)
 * record: 0 type(1) · 1 bytes of the body(4) · 5 body · crc32c of all before(4), which begins with the sum of the record before
 *
 * 1 INODE     inode(8) · item, InodeData          2 GONE     inode(8)
 * 3 TARGET    inode(8) · text                     4 NAME     folder(8) · inode(8) · type(1) · name
 * 5 UNNAME    folder(8) · name                    6 XATTR    inode(8) · as the item
 * 7 UNXATTR   inode(8) · name                     8 DATA     inode(8) · offset(8) · whole blocks
 * 9 PUNCH     inode(8) · block(8) · blocks(8)     10 RESERVE inode(8) · block(8) · blocks(8)
 * 11 INLINE   inode(8) · bytes                    12 END     records before(8)
 * </pre>
 * Names and attributes go as text: their places depend on each volume's hash. A record's sum covers the one before, so that none can be left
 * out, doubled or moved.
 */
final class Stream {
    static final long MAGIC = 0x3144_4E45_5353_4643L;
    static final int HEADER = 64;
    static final int MOST_BODY = (1 << 20) + 64;
    static final int INODE = 1, GONE = 2, TARGET = 3, NAME = 4, UNNAME = 5, XATTR = 6, UNXATTR = 7, DATA = 8, PUNCH = 9, RESERVE = 10, INLINE = 11,
            END = 12;

    private Stream() { }
}
