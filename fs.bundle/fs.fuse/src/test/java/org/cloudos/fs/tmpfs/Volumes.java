package org.cloudos.fs.tmpfs;

import java.time.Clock;
import java.util.UUID;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.NewNode;

/** A volume in memory without a framework around it. */
public final class Volumes {
    private Volumes() { }

    /** Of so many bytes. */
    public static FileSystem make(long bytes) {
        return new TmpFs(new Volume(UUID.randomUUID(), "test", bytes, 1_000_000, false, NewNode.folder(0755, 0, 0), TmpFsType.nanos(Clock.systemUTC())));
    }
}
