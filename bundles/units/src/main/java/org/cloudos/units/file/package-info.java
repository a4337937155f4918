/**
 * systemd's unit files: syntax, words, specifiers, where they are looked for, what each key means. No OSGi, no clock; reads files
 * only in {@link org.cloudos.units.file.UnitFolders}.
 */
package org.cloudos.units.file;
