package org.cloudos.fs.vfs.core;

import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.Names;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.vfs.Caller;

/** Resolves paths: path_resolution(7), openat2(2). */
final class Walker {
    /** Follow a link at the end; nothing above the start; no links; no other mounts; tell the path. */
    static final int FOLLOW = 1, BENEATH = 2, NO_LINKS = 4, NO_MOUNTS = 8, PATH = 16;
    private static final int MAX_LINKS = 40;

    private final OpenFiles files;
    private final MountTable mounts;

    Walker(OpenFiles files, MountTable mounts) {
        this.files = files;
        this.mounts = mounts;
    }

    /** One walk. */
    private final class Walk {
        final Caller caller;
        final String asked;
        final int how;
        final Place place = new Place();
        Mount rootMount;
        long root;
        String rest;
        int links;
        StringBuilder path;

        Walk(Caller caller, String asked, int how) {
            this.caller = caller;
            this.asked = asked;
            this.how = how;
        }

        boolean is(int flag) {
            return (how & flag) != 0;
        }

        void begin(long at) throws FsException {
            if (caller.root() == 0) {
                Mount mount = mounts.namespace(caller.namespace()).root;
                if (mount == null) {
                    throw new Refused(Errno.ENODEV, "namespace " + caller.namespace() + ", which has no root yet");
                }
                rootMount = mount;
                root = mount.root;
            } else {
                Open open = files.get(caller.root());
                rootMount = open.mount;
                root = open.node;
            }
            path = is(PATH) ? new StringBuilder() : null;
            boolean absolute = asked.charAt(0) == '/';
            if (absolute && is(BENEATH)) {
                throw new Refused(Errno.EXDEV, asked + " leads out of its folder");
            }
            long start = absolute ? 0 : at != 0 ? at : caller.folder();
            if (start == 0) {
                toRoot();
            } else {
                Open open = files.get(start);
                enter(open.mount, open.attributes());
                if (path != null && !open.path.equals("/")) {
                    path.append(open.path);
                }
            }
            if (is(BENEATH)) {
                rootMount = place.mount;
                root = place.node.node();
            }
        }

        void toRoot() throws FsException {
            enter(rootMount, rootMount.volume.fs().attributes(root));
            cross();
            place.last = Place.Last.ROOT;
            if (path != null) {
                path.setLength(0);
            }
        }

        void enter(Mount mount, Attributes node) {
            place.mount = mount;
            place.node = node;
        }

        /** Into what is mounted here. */
        void cross() throws FsException {
            for (Mount on = place.mount.on(place.node.node()); on != null; on = on.on(on.root)) {
                if (is(NO_MOUNTS)) {
                    throw new Refused(Errno.EXDEV, asked + " crosses mount " + on.path);
                }
                enter(on, on.volume.fs().attributes(on.root));
            }
        }

        Place run() throws FsException {
            rest = asked;
            int from = 0;
            while (true) {
                while (from < rest.length() && rest.charAt(from) == '/') {
                    from++;
                }
                if (from == rest.length()) {
                    return end();
                }
                int to = rest.indexOf('/', from);
                boolean slash = to >= 0;
                to = slash ? to : rest.length();
                from = step(from, to, slash);
                if (from < 0) {
                    return end();
                }
            }
        }

        private Place end() throws FsException {
            place.path = path == null ? null : path.isEmpty() ? "/" : path.toString();
            if (place.slash && place.node != null && !place.node.isFolder()) {
                throw new Refused(Errno.ENOTDIR, asked);
            }
            return place;
        }

        /** One name of the path. @return where the next begins, -1 when there is no way on */
        private int step(int from, int to, boolean slash) throws FsException {
            if (!place.node.isFolder()) {
                throw new Refused(Errno.ENOTDIR, asked);
            }
            Permissions.check(caller.credentials(), place.mount.volume, place.node, Permissions.EXECUTE, asked);
            int length = to - from;
            if (length == 1 && rest.charAt(from) == '.') {
                place.last = Place.Last.DOT;
                return to;
            }
            if (length == 2 && rest.charAt(from) == '.' && rest.charAt(from + 1) == '.') {
                up();
                place.last = Place.Last.DOT_DOT;
                return to;
            }
            String name = rest.substring(from, to);
            if (length * 3 > Names.MAX_NAME) {
                Names.length(name, Names.MAX_NAME);
            }
            boolean last = slash && isRestOfSlashes(to) || !slash;
            place.folderMount = place.mount;
            place.folder = place.node;
            place.name = name;
            place.last = Place.Last.NAME;
            place.slash = slash && last;
            Attributes found = place.mount.volume.fs().lookup(place.node.node(), name);
            if (found == null) {
                if (!last) {
                    throw new Refused(Errno.ENOENT, asked);
                }
                place.node = null;
                append(name);
                return -1;
            }
            if (found.type() == NodeType.LINK && (!last || slash || is(FOLLOW))) {
                return follow(found, to);
            }
            enter(place.mount, found);
            cross();
            append(name);
            return to;
        }

        private boolean isRestOfSlashes(int from) {
            for (int i = from; i < rest.length(); i++) {
                if (rest.charAt(i) != '/') {
                    return false;
                }
            }
            return true;
        }

        private void append(String name) {
            if (path != null) {
                path.append('/').append(name);
            }
        }

        private int follow(Attributes link, int to) throws FsException {
            if (++links > MAX_LINKS || is(NO_LINKS)) {
                throw new Refused(Errno.ELOOP, asked);
            }
            String target = place.mount.volume.fs().target(link.node());
            if (target.isEmpty()) {
                throw new Refused(Errno.ENOENT, asked + ", an empty link");
            }
            rest = to == rest.length() ? target : target + rest.substring(to);
            if (target.charAt(0) == '/') {
                if (is(BENEATH)) {
                    throw new Refused(Errno.EXDEV, asked + " leads out of its folder");
                }
                toRoot();
            }
            return 0;
        }

        private void up() throws FsException {
            while (true) {
                if (place.mount == rootMount && place.node.node() == root) {
                    if (is(BENEATH)) {
                        throw new Refused(Errno.EXDEV, asked + " leads out of its folder");
                    }
                    break;
                }
                Mount mount = place.mount;
                if (place.node.node() != mount.root) {
                    enter(mount, mount.volume.fs().attributes(mount.volume.fs().parent(place.node.node())));
                    break;
                }
                Mount parent = mount.parent;
                if (parent == null) {
                    break;
                }
                if (is(NO_MOUNTS)) {
                    throw new Refused(Errno.EXDEV, asked + " crosses mount " + mount.path);
                }
                enter(parent, parent.volume.fs().attributes(mount.point));
            }
            cross();
            if (path != null && !path.isEmpty()) {
                path.setLength(path.lastIndexOf("/"));
            }
        }
    }

    /** {@code ENOENT} for an empty path; else see {@link org.cloudos.fs.vfs.Paths}. The place's node may not be there. */
    Place walk(Caller caller, long at, String path, int how) throws FsException {
        if (path.isEmpty()) {
            throw new Refused(Errno.ENOENT, "an empty path");
        }
        Names.length(path, Names.MAX_PATH);
        if (path.indexOf(0) >= 0) {
            throw new Refused(Errno.EINVAL, "a path with NUL");
        }
        Walk walk = new Walk(caller, path, how);
        walk.begin(at);
        return walk.run();
    }

    /** The node must be there. */
    Place find(Caller caller, long at, String path, boolean follow) throws FsException {
        return walk(caller, at, path, follow ? FOLLOW : 0).exists(path);
    }
}
