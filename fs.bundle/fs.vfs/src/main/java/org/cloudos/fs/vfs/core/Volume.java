package org.cloudos.fs.vfs.core;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.VolumeInfo;
import org.cloudos.fs.VolumeInfo.Feature;
import org.cloudos.fs.vfs.Acl;

/** A volume that is or was there, with what is kept in memory of it: names above contents above the provider. */
final class Volume {
    private static final int NAMES = 1 << 14;

    final String id;
    final String type;
    /** Nodes that may have set-ID bits, which a write must clear. */
    final Set<Long> setId = ConcurrentHashMap.newKeySet();
    private final Attachment attachment;
    private final PageBudget budget;
    private volatile NodeCache names;
    private volatile PageCache pages;
    private volatile FileSystem top;

    Volume(String id, String type, PageBudget budget) {
        this.id = id;
        this.type = type;
        this.budget = budget;
        this.attachment = new Attachment(id);
        this.top = attachment;
    }

    /** The provider is there, or (null) not. What was kept of another one is forgotten. */
    synchronized void attach(FileSystem service) {
        attachment.attach(service);
        if (service == null) {
            return;
        }
        if (names != null) {
            names.forgetAll();
        } else if (!has(Feature.CHANGES_BY_ITSELF)) {
            pages = has(Feature.IN_MEMORY) ? null : new PageCache(attachment, budget, n -> names.nodeChanged(n));
            names = new NodeCache(pages == null ? attachment : pages, NAMES);
            top = names;
        }
    }

    boolean isThere() {
        return attachment.isThere();
    }

    VolumeInfo info() {
        return attachment.info();
    }

    private boolean has(Feature feature) {
        return attachment.info().features().contains(feature);
    }

    /** With all caches. */
    FileSystem fs() {
        return top;
    }

    /** Past the page cache, which writes first what waits. */
    long readDirect(long node, long offset, MemorySegment into) throws FsException {
        PageCache cache = pages;
        return cache == null ? top.read(node, offset, into) : cache.readDirect(node, offset, into);
    }

    /** Past the page cache, which keeps nothing of the file. */
    long writeDirect(long node, long offset, MemorySegment from) throws FsException {
        PageCache cache = pages;
        if (cache == null) {
            return top.write(node, offset, from);
        }
        try {
            return cache.writeDirect(node, offset, from);
        } finally {
            names.nodeChanged(node);
        }
    }

    PageCache pages() {
        return pages;
    }

    /** A node's access list, or null. */
    Acl acl(long node) throws FsException {
        NodeCache cache = names;
        return cache != null ? cache.acl(node) : NodeCache.readAcl(top, node);
    }

    void entryChanged(long folder, String name) {
        NodeCache cache = names;
        if (cache != null) {
            cache.entryChanged(folder, name);
        }
    }

    void nodeChanged(long node, boolean contents) {
        PageCache data = pages;
        if (data != null && contents) {
            data.changedElsewhere(node);
        }
        NodeCache cache = names;
        if (cache != null) {
            cache.nodeChanged(node);
        }
    }
}
