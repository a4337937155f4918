package org.cloudos.config.service;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.cloudos.config.Edit;
import org.cloudos.config.layers.Folder;

/**
 * Tells when a file of the configuration has changed, after it has been quiet for a moment: an editor writes in steps. A file
 * that is gone or empty is most likely one that is just being written anew, and is given longer.
 */
final class FolderWatch implements Runnable, AutoCloseable {
    private static final long QUIET_MS = 10;
    private static final long UNFINISHED_MS = 250;
    private static final long LONGEST_MS = 1000;

    private final Path folder;
    private final Path site;
    private final LongConsumer changed;
    private final Consumer<String> complain;
    private final WatchService service;
    private final Thread thread = Thread.ofPlatform().daemon().name("configuration folder").unstarted(this);
    private final Set<Path> changing = new HashSet<>(); // used by the thread alone
    private WatchKey siteKey; // likewise
    private long seen; // likewise

    /**
     * Of a folder that is there.
     *
     * @param changed takes when the first event came, by the JVM's clock of nanoseconds
     */
    FolderWatch(Path folder, LongConsumer changed, Consumer<String> complain) throws IOException {
        this.folder = folder;
        this.site = folder.resolve(Folder.SITE);
        this.changed = changed;
        this.complain = complain;
        this.service = folder.getFileSystem().newWatchService();
        register(folder);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() throws IOException {
        service.close();
    }

    private WatchKey register(Path path) throws IOException {
        return path.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
    }

    @Override
    public void run() {
        try {
            while (true) {
                registerSite();
                WatchKey key = service.take();
                seen = System.nanoTime();
                if (concerns(key)) {
                    settle();
                    changed.accept(seen);
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The site's folder may come later, go, and be replaced. */
    private void registerSite() {
        if ((siteKey == null || !siteKey.isValid()) && Files.isDirectory(site)) {
            try {
                siteKey = register(site);
            } catch (IOException e) {
                complain.accept(site + " can't be watched, config:reload takes changes in: " + e.getMessage());
            }
        }
    }

    private boolean concerns(WatchKey key) {
        boolean concerns = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            String name = event.context() == null ? "" : event.context().toString();
            boolean aside = name.startsWith(".") || name.endsWith("~");
            boolean file = !aside && (key.watchable().equals(site) || name.equals(Edit.MACHINE) || name.equals(Folder.SITE));
            if (file) {
                changing.add(((Path) key.watchable()).resolve(name));
            }
            concerns |= file || event.kind() == StandardWatchEventKinds.OVERFLOW;
        }
        if (!key.reset() && key.watchable().equals(folder)) {
            complain.accept(folder + " is gone: changes of files are not seen any more");
        }
        return concerns;
    }

    private void settle() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_MS);
        registerSite();
        for (WatchKey key = quiet(); key != null && System.nanoTime() < end; key = quiet()) {
            concerns(key);
        }
        changing.clear();
    }

    /** The next event, null when there is none for a while. */
    private WatchKey quiet() throws InterruptedException {
        boolean unfinished = changing.stream().anyMatch(file -> file.toFile().length() == 0); // 0 also if there is none
        return service.poll(unfinished ? UNFINISHED_MS : QUIET_MS, TimeUnit.MILLISECONDS);
    }
}
