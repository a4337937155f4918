package org.cloudos.fs.suite;

import static org.cloudos.fs.suite.Probe.bytes;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;

/** A file system and its model, which get the same requests and must give the same answers. */
final class Pair {
    private final FileSystem fs;
    private final Probe probe;
    private final Model model;
    private final ModelSuite suite;

    private interface Asked<T> {
        T get() throws FsException;
    }

    private interface Expected<T> {
        T get() throws Model.Refusal;
    }

    Pair(FileSystem fs, ModelSuite suite) {
        this.fs = fs;
        this.probe = new Probe(fs);
        this.model = new Model(FileSystem.ROOT);
        this.suite = suite;
    }

    private Model.Node node(int index) {
        return model.nodes.get(Math.floorMod(index, model.nodes.size()));
    }

    void run(Step step) throws Exception {
        switch (step) {
            case Step.Create s -> create(s);
            case Step.Link s -> same(s, () -> fs.link(node(s.node()).number, node(s.folder()).number, s.name()).node(), () -> {
                model.link(node(s.node()), node(s.folder()), s.name());
                return node(s.node()).number;
            });
            case Step.Remove s -> done(s, () -> fs.remove(node(s.folder()).number, s.name(), s.folderWanted()),
                    () -> model.remove(node(s.folder()), s.name(), s.folderWanted()));
            case Step.Rename s -> done(s, () -> fs.rename(node(s.from()).number, s.name(), node(s.to()).number, s.toName(), s.mode()),
                    () -> model.rename(node(s.from()), s.name(), node(s.to()), s.toName(), s.mode()));
            case Step.Write s -> same(s, () -> probe.write(node(s.node()).number, s.offset(), bytes(s.length(), s.seed())), () -> {
                model.write(node(s.node()), s.offset(), bytes(s.length(), s.seed()));
                return (long) s.length();
            });
            case Step.Append s -> same(s, () -> probe.append(node(s.node()).number, bytes(s.length(), s.seed())), () -> {
                long end = node(s.node()).data.length;
                model.write(node(s.node()), (int) end, bytes(s.length(), s.seed()));
                return end;
            });
            case Step.Read s -> same(s, () -> Arrays.hashCode(probe.read(node(s.node()).number, s.offset(), s.length())),
                    () -> Arrays.hashCode(model.read(node(s.node()), s.offset(), s.length())));
            case Step.Resize s -> done(s, () -> fs.set(node(s.node()).number, AttributeChange.size(s.size())),
                    () -> model.resize(node(s.node()), s.size()));
            case Step.Copy s -> same(s, () -> (int) fs.copy(node(s.node()).number, s.offset(), node(s.to()).number, s.toOffset(), s.length()),
                    () -> model.copy(node(s.node()), s.offset(), node(s.to()), s.toOffset(), s.length()));
            case Step.Lookup s -> same(s, () -> {
                Attributes found = fs.lookup(node(s.folder()).number, s.name());
                return found == null ? 0 : found.node();
            }, () -> {
                Model.Node found = model.lookup(node(s.folder()), s.name());
                return found == null ? 0 : found.number;
            });
            case Step.Allocate s -> allocate(s);
            case Step.Mode s -> mode(s);
            case Step.SetExtended s -> done(s,
                    () -> fs.setExtended(node(s.node()).number, s.name(), bytes(s.length(), s.seed()), s.mode()),
                    () -> model.setExtended(node(s.node()), s.name(), bytes(s.length(), s.seed()), s.mode()));
            case Step.RemoveExtended s -> done(s, () -> fs.removeExtended(node(s.node()).number, s.name()),
                    () -> model.removeExtended(node(s.node()), s.name()));
            case Step.Hold s -> hold(s);
            case Step.Disturb s -> disturb(s);
        }
    }

    private interface Change {
        void run() throws FsException;
    }

    private interface ModelChange {
        void run() throws Model.Refusal;
    }

    private void done(Step step, Change change, ModelChange expected) {
        same(step, () -> {
            change.run();
            return null;
        }, () -> {
            expected.run();
            return null;
        });
    }

    private <T> void same(Step step, Asked<T> asked, Expected<T> expected) {
        Object found, wanted;
        Set<Errno> refusals = Set.of();
        try {
            found = asked.get();
        } catch (FsException e) {
            found = e.errno();
        }
        try {
            wanted = expected.get();
        } catch (Model.Refusal e) {
            refusals = e.errors;
            wanted = e.errors;
        }
        if (refusals.isEmpty() ? !java.util.Objects.equals(found, wanted) : !refusals.contains(found)) {
            throw new AssertionError(step + ": expected " + wanted + ", found " + found);
        }
    }

    private void create(Step.Create s) {
        Model.Node folder = node(s.folder());
        String target = s.type() == NodeType.LINK ? "to/" + s.mode() : null;
        int mode = s.type() == NodeType.LINK ? 0777 : s.mode();
        long[] number = new long[1];
        same(s, () -> {
            Attributes made = fs.create(folder.number, s.name(), new NewNode(s.type(), mode, 1, 1, 0, target, Map.of()));
            number[0] = made.node();
            return made.type();
        }, () -> {
            Model.Node made = model.create(folder, s.name(), s.type(), mode, target);
            made.number = number[0];
            return made.type;
        });
        // A number that is used again is no longer that of the node that went.
        model.nodes.subList(0, model.nodes.size() - 1).removeIf(n -> !n.alive() && n.number == number[0]);
    }

    private void allocate(Step.Allocate s) {
        Model.Node node = node(s.node());
        boolean zero = s.mode() == AllocateMode.ZERO || s.mode() == AllocateMode.ZERO_KEEP_SIZE || s.mode() == AllocateMode.PUNCH_HOLE;
        boolean grow = s.mode() == AllocateMode.ZERO || s.mode() == AllocateMode.RESERVE;
        try {
            done(s, () -> fs.allocate(node.number, s.offset(), s.length(), s.mode()), () -> {
                if (zero) {
                    model.zero(node, s.offset(), s.length(), grow);
                } else {
                    model.read(node, 0, 0);
                    model.resize(node, grow ? Math.max(node.data.length, s.offset() + s.length()) : node.data.length);
                }
            });
        } catch (AssertionError e) {
            if (!e.getMessage().endsWith("found " + Errno.EOPNOTSUPP)) {
                throw e;
            }
            suite.unsupported(s.mode());
        }
    }

    private void mode(Step.Mode s) {
        Model.Node node = node(s.node());
        done(s, () -> fs.set(node.number, new AttributeChange(s.mode(), s.owner(), s.owner() + 1, null, null, null, null)), () -> {
            Model.Refusal.unless(node.alive(), Errno.ENOENT);
            node.mode = s.mode();
            node.uid = s.owner();
            node.gid = s.owner() + 1;
        });
    }

    private void hold(Step.Hold s) {
        Model.Node node = node(s.node());
        if (s.drop()) {
            fs.drop(node.number, 1);
            model.drop(node);
        } else {
            done(s, () -> fs.hold(node.number), () -> model.hold(node));
        }
    }

    private void disturb(Step.Disturb s) throws Exception {
        switch (s.kind()) {
            case 0 -> fs.sync();
            case 1 -> done(s, () -> fs.sync(node(s.node()).number, false),
                    () -> Model.Refusal.unless(node(s.node()).alive(), Errno.ENOENT));
            default -> suite.disturb(s.node());
        }
    }

    /** Everything that is there, compared; then that nothing else is. */
    void compare() throws FsException {
        for (Model.Node node : model.nodes) {
            if (node.alive()) {
                compare(node);
            } else {
                same(new Step.Lookup(-1, "gone"), () -> fs.attributes(node.number).node(), () -> {
                    throw new Model.Refusal(Set.of(Errno.ENOENT));
                });
            }
        }
    }

    private void compare(Model.Node node) throws FsException {
        Attributes found = fs.attributes(node.number);
        equal(node, "type", node.type, found.type());
        if (node != model.root) {
            equal(node, "mode", node.mode, found.mode());
            equal(node, "owner", List.of(node.uid, node.gid), List.of(found.uid(), found.gid()));
        }
        if (node.isFolder()) {
            Map<String, Long> expected = new TreeMap<>();
            node.children.forEach((name, child) -> expected.put(name, child.number));
            equal(node, "entries", expected, probe.list(node.number, 3));
            if (node.links > 0) {
                equal(node, "links", found.links() == 1 ? 1 : 2 + node.folders(), found.links());
                equal(node, "parent", node.parent.number, fs.parent(node.number));
            }
        } else {
            equal(node, "links", (long) node.links, found.links());
        }
        if (node.type == NodeType.FILE) {
            equal(node, "size", (long) node.data.length, found.size());
            byte[] data = probe.all(node.number);
            equal(node, "first difference", -1, Arrays.mismatch(node.data, data));
        }
        if (node.type == NodeType.LINK) {
            equal(node, "target", node.target, fs.target(node.number));
        }
        equal(node, "attributes", node.extended.keySet(), Set.copyOf(fs.extendedNames(node.number)));
        for (Map.Entry<String, byte[]> e : node.extended.entrySet()) {
            equal(node, e.getKey(), -1, Arrays.mismatch(e.getValue(), fs.extended(node.number, e.getKey())));
        }
    }

    private static void equal(Model.Node node, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new AssertionError(what + " of node " + node.number + ": expected " + expected + ", found " + found);
        }
    }
}
