package org.cloudos.fs.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.vfs.Acl;
import org.junit.jupiter.api.Test;

class RightsTest {
    private static Attributes with(NodeType type, int mode) {
        return new Attributes(5, 1, type, mode, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private static int mode(String text, int before) {
        return Rights.mode(text, with(NodeType.FILE, before));
    }

    @Test void modesAreRead() {
        assertEquals(0750, mode("750", 0));
        assertEquals(04711, mode("4711", 0));
        assertEquals(0644, mode("u+rw,go+r", 0));
        assertEquals(0600, mode("go-rwx", 0644));
        assertEquals(0755, mode("a+X", 0744));
        assertEquals(0644, mode("a+X", 0644));
        assertEquals(0755, Rights.mode("a+X", with(NodeType.FOLDER, 0644)));
        assertEquals(0640, mode("g=r,o=", 0677));
        assertEquals(06755, mode("ug+s", 0755));
        assertEquals(01777, mode("+t", 0777));
        assertThrows(IllegalArgumentException.class, () -> mode("9", 0));
        assertThrows(IllegalArgumentException.class, () -> mode("u~w", 0));
    }

    @Test void modesAreShown() {
        assertEquals("drwxr-xr-x", Rights.text(with(NodeType.FOLDER, 0755)));
        assertEquals("-rwsr-S--T", Rights.text(with(NodeType.FILE, 07740)));
        assertEquals("lrwxrwxrwx", Rights.text(with(NodeType.LINK, 0777)));
    }

    @Test void listsAreChanged() throws FsException {
        Acl acl = Rights.changed(Acl.of(0640), List.of("u:1000:rw", "g:50:r"));
        assertEquals(List.of("user::rw-", "user:1000:rw-", "group::r--", "group:50:r--", "mask::rw-", "other::---"),
                acl.entries().stream().map(Rights::text).toList());
        assertEquals(Acl.of(0640), Rights.changed(acl, List.of("-u:1000:", "-g:50:")));
        assertEquals("mask::---", Rights.text(Rights.changed(acl, List.of("m::-")).find(Acl.Tag.MASK)));
        assertThrows(IllegalArgumentException.class, () -> Rights.changed(acl, List.of("x:1:rw")));
        assertThrows(FsException.class, () -> Rights.changed(acl, List.of("-u::-")));
    }
}
