/** The commands of scope {@code fs}: files of the VFS as people use them. */
package org.cloudos.fs.commands;
