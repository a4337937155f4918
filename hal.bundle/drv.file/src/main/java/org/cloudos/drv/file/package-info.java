/**
 * Block devices over files and over Linux's own block devices. {@link org.cloudos.drv.file.FileDevice} is a plain class,
 * {@link org.cloudos.drv.file.FileDriver} makes services of it.
 */
package org.cloudos.drv.file;
