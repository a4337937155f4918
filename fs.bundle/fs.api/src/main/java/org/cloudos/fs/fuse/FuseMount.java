package org.cloudos.fs.fuse;

import java.time.Instant;

/**
 * A volume in Linux's tree.
 *
 * @param protocol what was agreed on with the kernel, such as {@code 7.45}; empty until it has asked
 * @param threads  that serve it
 * @param requests of the kernel, since it was mounted
 * @param failed   requests that ended with an error other than {@code ENOENT}, {@code ENODATA} and {@code ENOTTY}, which are everyday answers
 * @param read     bytes
 * @param written  bytes
 * @param known    nodes that the kernel remembers
 */
public record FuseMount(String folder, String volume, String source, String protocol, Instant since, int threads, long requests, long failed,
        long read, long written, long known) { }
