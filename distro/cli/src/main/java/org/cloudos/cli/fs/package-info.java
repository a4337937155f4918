/**
 * {@code ./cloudos fs}: images of CloudFS on this machine. An image that nobody has open is opened in this process; one that is mounted is
 * worked on by the process that serves it, over a Unix socket ({@link org.cloudos.cli.fs.Control}).
 */
package org.cloudos.cli.fs;
