package org.cloudos.units.file;

/** A line {@code KEY=VALUE} of a unit file; continued lines are one. @param line where it begins, from 1 */
public record Entry(String section, String key, String value, String file, int line) { }
