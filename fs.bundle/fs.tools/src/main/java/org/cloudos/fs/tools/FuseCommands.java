package org.cloudos.fs.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.fuse.FuseExports;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Volumes in Linux's tree. */
@Component(service = FuseCommands.class)
@GogoCommand(scope = "fuse", function = {"mount", "umount", "list"})
public final class FuseCommands {
    private final FuseExports exports;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<FileSystem> open;

    /** A mount. */
    public record Mount(String folder, String volume, String protocol, int threads, long requests, long failed, @Column(unit = Column.Unit.BYTES) long read,
            @Column(unit = Column.Unit.BYTES) long written, long known) { }

    /** Made when a command runs first. */
    @Activate
    public FuseCommands(@Reference FuseExports exports) {
        this.exports = exports;
    }

    /** Mounts. */
    @Descriptor("mounts an open volume on a folder of Linux, where every program sees it")
    @Example({"fuse:mount photos /mnt", "fuse:mount --make 9100e1e8-8ebd-4b78-b9e3-c726a7fb3938 /srv ro cache=5"})
    public void mount(@Parameter(names = "--make", presentValue = "true", absentValue = "false") @Descriptor("make the folder when it is missing") boolean make,
            @Descriptor("its identity or label, from volume:list") String volume, @Descriptor("of Linux") String folder,
            @Descriptor("ro, allow-other, write-back, threads=N, cache=SECONDS, uring=auto|off|on") String... options) throws IOException {
        String identity = OpenVolumes.identity(open, volume);
        if (make) {
            Files.createDirectories(Path.of(folder));
        }
        exports.mount(identity, folder, Arguments.options(List.of(options)));
    }

    /** Unmounts. */
    @Descriptor("unmounts a folder of Linux")
    @Example({"fuse:umount /mnt", "fuse:umount --force /mnt"})
    public void umount(@Parameter(names = "--force", presentValue = "true", absentValue = "false")
            @Descriptor("also while programs use it: they get errors") boolean force, @Descriptor("where it is mounted") String folder) throws IOException {
        exports.unmount(folder, force);
    }

    /** All mounts. */
    @Descriptor("the volumes that are mounted in Linux's tree; `known` are the nodes that Linux remembers")
    @Example("fuse:list")
    public Object list(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, exports.mounts().stream().map(m -> new Mount(m.folder(), m.volume(), m.protocol(), m.threads(), m.requests(), m.failed(),
                m.read(), m.written(), m.known())).toList());
    }
}
