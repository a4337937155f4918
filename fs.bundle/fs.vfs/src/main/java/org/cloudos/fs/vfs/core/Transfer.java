package org.cloudos.fs.vfs.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.vfs.LockInfo;
import org.cloudos.fs.vfs.OpenFlag;

/** What goes from one version of the VFS to the next: mounts, open files, locks, watches. Types of the JDK and of API bundles only. */
final class Transfer {
    static final int VERSION = 1;

    private Transfer() { }

    /** What is in memory only is written first. */
    static Object[] of(Core core, MountControl mounts, FixedMounts fixed) {
        Map<Open, List<Long>> numbers = new HashMap<>();
        core.files.table().forEach((number, open) -> numbers.computeIfAbsent(open, o -> new ArrayList<>()).add(number));
        List<Object[]> files = new ArrayList<>();
        numbers.forEach((o, n) -> {
            synchronized (o) {
                files.add(new Object[] {o.first, o.mount.id, o.node, o.type, o.path, o.flags, o.process, o.keepsSetId, o.passesQuotas, o.position,
                    o.stale, n, o.folder, o.name});
            }
        });
        return new Object[] {core.mounts.state(), mounts.state(), core.files.next(), files, core.locks.list(), core.watches.state(), fixed.state()};
    }

    @SuppressWarnings("unchecked")
    static void into(Object[] state, Core core, MountControl mounts, FixedMounts fixed) {
        core.mounts.restore((Object[]) state[0], core.volumes);
        mounts.restore((Object[]) state[1]);
        core.files.begin((Long) state[2]);
        for (Object[] raw : (List<Object[]>) state[3]) {
            Mount mount = core.mounts.mount((Long) raw[1]);
            if (mount == null) {
                continue; // ended by force: the number means nothing any more
            }
            Open open = new Open((Long) raw[0], mount, (Long) raw[2], (NodeType) raw[3], (String) raw[4], (Long) raw[12],
                    (String) raw[13], (Set<OpenFlag>) raw[5], (Long) raw[6],
                    (Boolean) raw[7], (Boolean) raw[8]);
            open.position = (Long) raw[9];
            open.stale = (Boolean) raw[10];
            List<Long> numbers = (List<Long>) raw[11];
            open.shares.set(numbers.size());
            numbers.forEach(n -> core.files.put(n, open));
        }
        core.locks.restore((List<LockInfo>) state[4]);
        core.watches.restore((Object[]) state[5]);
        fixed.restore((Object[]) state[6]);
    }
}
