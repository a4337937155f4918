package org.cloudos.health.checks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.cloudos.shell.Human;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Whether the data folder has room and takes writes: a file system that met an error is mounted read-only by the kernel. */
@Component(property = {"hc.name=data", "hc.tags=system", "hc.tags=ready", "hc.resultCacheTtlInMs:Long=10000"})
public final class DataFolder implements HealthCheck {
    private static final long WARN_BYTES = 256L << 20;
    private static final long CRITICAL_BYTES = 32L << 20;
    private static final double WARN_SHARE = 0.05;
    private final Path folder;

    /** Of this system. */
    @Activate
    public DataFolder(BundleContext context) {
        this(Path.of(context.getProperty("cloudos.data")));
    }

    DataFolder(Path folder) {
        this.folder = folder;
    }

    @Override
    public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        long free = folder.toFile().getUsableSpace();
        long size = folder.toFile().getTotalSpace();
        String text = Human.bytes(free) + " of " + Human.bytes(size) + " free for the data folder";
        if (free < CRITICAL_BYTES) {
            log.critical("{}", text);
        } else if (free < WARN_BYTES && free < size * WARN_SHARE) {
            log.warn("{}", text);
        } else {
            log.info("{}", text);
        }
        write(log);
        return new Result(log);
    }

    private void write(FormattingResultLog log) {
        Path probe = folder.resolve(".health");
        try {
            try (FileChannel channel = FileChannel.open(probe, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {'o', 'k'}));
            }
            Files.delete(probe);
            log.info("the data folder takes writes");
        } catch (IOException e) {
            log.critical("the data folder takes no writes: {}", e.getMessage());
        }
    }
}
