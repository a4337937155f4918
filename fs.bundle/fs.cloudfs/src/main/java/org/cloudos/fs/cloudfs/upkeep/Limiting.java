package org.cloudos.fs.cloudfs.upkeep;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.volume.Change;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Sets quotas: one change marks all that the folder holds. */
public final class Limiting {
    /** Nodes that one change marks. */
    private static final int MOST = 100_000;
    private final Volume volume;
    private final Contents contents;
    private final Subvolume s;

    public Limiting(Contents contents, Subvolume subvolume) {
        this.volume = subvolume.volume;
        this.contents = contents;
        this.s = subvolume;
    }

    public void run(long folder, long bytes, long nodes) throws FsException {
        if (bytes < 0 || nodes < 0 || folder == FileSystem.ROOT) {
            throw new FsException.Refused(Errno.EINVAL, folder == FileSystem.ROOT ? "quota of the root, which is the volume's size" : "quota below 0");
        }
        contents.writeBackAll(0);
        volume.reserve(64, true);
        volume.change(s, change -> {
            InodeData data = s.data(folder);
            if (!data.isFolder()) {
                throw new FsException.Refused(Errno.ENOTDIR, "node " + folder);
            }
            boolean there = s.quotas.of(folder) != null, wanted = bytes > 0 || nodes > 0;
            if (!there && data.quota != 0) {
                throw new FsException.Refused(Errno.EOPNOTSUPP, "quota of folder " + folder + " inside folder " + data.quota + ", which has one");
            }
            List<InodeData> all = there == wanted ? List.of() : below(data, there ? folder : 0);
            if (wanted) {
                s.quotas.limit(change, folder, (bytes + Layout.BLOCK - 1) / Layout.BLOCK, nodes);
            }
            for (InodeData d : all) {
                mark(change, d, wanted ? folder : 0);
            }
            if (!wanted && there) {
                s.quotas.limit(change, folder, 0, 0);
            }
            return null;
        });
        volume.commit();
    }

    private static void mark(Change change, InodeData d, long quota) throws FsException {
        synchronized (d) {
            d.quota = quota;
        }
        change.put(d);
    }

    private List<InodeData> below(InodeData top, long marked) throws FsException {
        List<InodeData> all = new ArrayList<>(List.of(top));
        for (int i = 0; i < all.size(); i++) {
            InodeData d = all.get(i);
            if (d.quota != marked) {
                throw new FsException.Refused(Errno.EOPNOTSUPP, "quota around folder " + d.quota + ", which has one");
            }
            if (all.size() > MOST) {
                throw new FsException.Refused(Errno.EOPNOTSUPP, "quota of a folder that holds more than " + MOST + " nodes");
            }
            for (Cursor c = s.tree.from(d.number, Key.low(Key.ENTRY, 0)); c.valid() && c.high() == d.number && Key.type(c.low()) == Key.ENTRY; c.next()) {
                long child = Le.i64(c.page(), c.at());
                InodeData below = s.data(child);
                if (below.links < 2 || below.isFolder() || all.stream().noneMatch(o -> o.number == child)) {
                    all.add(below);
                }
            }
        }
        return all;
    }
}
