package org.cloudos.fs;

import java.util.Map;

/**
 * A node to be made.
 *
 * @param mode     07777 and no others; the caller has applied umask, default ACL and the folder's set-group-ID bit
 * @param device   of device nodes, else 0
 * @param target   of links, 1 to 4095 bytes of UTF-8, else null
 * @param extended attributes that the node has from its first moment, such as an inherited ACL
 */
public record NewNode(NodeType type, int mode, int uid, int gid, int device, String target, Map<String, byte[]> extended) {
    public static NewNode file(int mode, int uid, int gid) {
        return new NewNode(NodeType.FILE, mode, uid, gid, 0, null, Map.of());
    }

    public static NewNode folder(int mode, int uid, int gid) {
        return new NewNode(NodeType.FOLDER, mode, uid, gid, 0, null, Map.of());
    }

    public static NewNode link(String target, int uid, int gid) {
        return new NewNode(NodeType.LINK, 0777, uid, gid, 0, target, Map.of());
    }
}
