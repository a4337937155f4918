package org.cloudos.fs.commands;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.vfs.Acl;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Owners, modes, access lists, extended attributes. */
@Component(service = RightsCommands.class)
@GogoCommand(scope = "fs", function = {"chmod", "chown", "getfacl", "setfacl", "xattr"})
public final class RightsCommands {
    /** A line of an access list. */
    public record AclRow(String list, String entry) { }

    /** An extended attribute. */
    public record Attribute(String name, int bytes, String value) { }

    private final Vfs vfs;
    private final Tree tree;

    @Activate
    public RightsCommands(@Reference Vfs vfs) {
        this.vfs = vfs;
        this.tree = new Tree(vfs);
    }

    private void each(boolean recursive, String[] paths, Tree.Visitor visitor) throws IOException {
        for (String path : paths) {
            if (recursive) {
                tree.walk(path, visitor);
            } else {
                visitor.visit(path, tree.attributes(path, true), 0);
            }
        }
    }

    /** Modes. */
    @Descriptor("sets the mode of files: octal, or clauses such as u+rwX,go-w")
    @Example({"fs:chmod 640 /data/notes", "fs:chmod -r g+rX /data"})
    public void chmod(
            @Parameter(names = {"--recursive", "-r", "-R"}, presentValue = "true", absentValue = "false") @Descriptor("and all in them") boolean recursive,
            @Descriptor("the mode") String mode, @Descriptor("files") @Suggest(from = FilePaths.NAME) String... paths) throws IOException {
        each(recursive, paths, (path, a, depth) -> {
            if (a.type() != NodeType.LINK) {
                vfs.change(Tree.WHO, 0, path, false, AttributeChange.mode(Rights.mode(mode, a)));
            }
            return true;
        });
    }

    /** Owners. */
    @Descriptor("sets the owner of files: UID, UID:GID or :GID")
    @Example({"fs:chown 1000:1000 /data/notes", "fs:chown -r :50 /data"})
    public void chown(
            @Parameter(names = {"--recursive", "-r", "-R"}, presentValue = "true", absentValue = "false") @Descriptor("and all in them") boolean recursive,
            @Descriptor("the owner") String owner, @Descriptor("files") @Suggest(from = FilePaths.NAME) String... paths) throws IOException {
        if (!owner.matches("[0-9]+(:[0-9]+)?|:[0-9]+")) {
            throw new IllegalArgumentException("owner: expected UID, UID:GID or :GID in numbers, found \"" + owner + "\"");
        }
        String[] parts = owner.split(":");
        Integer uid = parts[0].isEmpty() ? null : Integer.valueOf(parts[0]), gid = parts.length > 1 ? Integer.valueOf(parts[1]) : null;
        each(recursive, paths, (path, a, depth) -> {
            vfs.change(Tree.WHO, 0, path, false, new AttributeChange(null, uid, gid, null, null, null, null));
            return true;
        });
    }

    private Acl list(String path, String name, Attributes a) throws FsException {
        try {
            return Acl.parse(vfs.extended(Tree.WHO, 0, path, true, name));
        } catch (FsException e) {
            if (e.errno() != Errno.ENODATA && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            return name.equals(Acl.ACCESS) ? Acl.of(a.mode()) : null;
        }
    }

    /** Access lists. */
    @Descriptor("who may access a file: its access list, and the one that new files of a folder get")
    @Example("fs:getfacl /data/notes")
    public Object getfacl(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("file or folder") @Suggest(from = FilePaths.NAME) String path) throws FsException {
        Attributes a = tree.attributes(path, true);
        List<AclRow> rows = new ArrayList<>();
        list(path, Acl.ACCESS, a).entries().forEach(e -> rows.add(new AclRow("access", Rights.text(e))));
        Acl inherited = a.isFolder() ? list(path, Acl.DEFAULT, a) : null;
        if (inherited != null) {
            inherited.entries().forEach(e -> rows.add(new AclRow("default", Rights.text(e))));
        }
        return Json.when(json, rows);
    }

    /** Changes access lists. */
    @Descriptor("sets or (with - before it) removes entries of an access list; the mask follows unless it is given")
    @Example({"fs:setfacl /data/notes u:1000:rw g:50:r", "fs:setfacl -d /data u:1000:rwx", "fs:setfacl /data/notes -u:1000:", "fs:setfacl -b /data/notes"})
    public void setfacl(
            @Parameter(names = {"--default", "-d"}, presentValue = "true", absentValue = "false")
            @Descriptor("the list that new files of the folder get") boolean inherited,
            @Parameter(names = {"--remove-all", "-b"}, presentValue = "true", absentValue = "false") @Descriptor("remove the whole list") boolean all,
            @Descriptor("file or folder") @Suggest(from = FilePaths.NAME) String path,
            @Descriptor("entries such as u:1000:rw, g::r, m::rwx, o::-") String... entries) throws FsException {
        String name = inherited ? Acl.DEFAULT : Acl.ACCESS;
        if (all) {
            vfs.removeExtended(Tree.WHO, 0, path, true, name);
            return;
        }
        if (entries.length == 0) {
            throw new IllegalArgumentException("expected entries such as u:1000:rw, or -b");
        }
        Attributes a = tree.attributes(path, true);
        Acl now = list(path, name, a);
        Acl changed = Rights.changed(now == null ? Acl.of(a.mode()) : now, List.of(entries));
        vfs.setExtended(Tree.WHO, 0, path, true, name, changed.bytes(), ExtendedMode.SET);
    }

    /** Extended attributes. */
    @Descriptor("the extended attributes of a file; sets one with NAME VALUE, removes it with --remove NAME")
    @Example({"fs:xattr /data/notes", "fs:xattr /data/notes user.author Ann", "fs:xattr --remove /data/notes user.author"})
    public Object xattr(
            @Parameter(names = {"--remove", "-x"}, presentValue = "true", absentValue = "false") @Descriptor("remove it") boolean remove,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("file or folder") @Suggest(from = FilePaths.NAME) String path, @Descriptor("name and value") String... words) throws FsException {
        if (words.length > 2 || remove && words.length != 1) {
            throw new IllegalArgumentException("expected a path, then a name, then a value");
        }
        if (remove) {
            vfs.removeExtended(Tree.WHO, 0, path, true, words[0]);
            return null;
        }
        if (words.length == 2) {
            vfs.setExtended(Tree.WHO, 0, path, true, words[0], words[1].getBytes(StandardCharsets.UTF_8), ExtendedMode.SET);
            return null;
        }
        List<Attribute> rows = new ArrayList<>();
        for (String name : words.length == 1 ? List.of(words[0]) : vfs.extendedNames(Tree.WHO, 0, path, true)) {
            byte[] value = vfs.extended(Tree.WHO, 0, path, true, name);
            rows.add(new Attribute(name, value.length, printable(value)));
        }
        return Json.when(json, rows);
    }

    private static String printable(byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8);
        boolean clean = text.chars().noneMatch(c -> Character.isISOControl(c) || c == 0xFFFD);
        return clean ? Human.printable(text) : "0x" + HexFormat.of().formatHex(value);
    }
}
