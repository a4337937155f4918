/** The shell's commands on block devices ({@code block:}), volumes ({@code volume:}) and their mounts in Linux's tree ({@code fuse:}). */
package org.cloudos.fs.tools;
