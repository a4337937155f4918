package org.cloudos.image;

/** Hears what a long job is doing. Called on the thread that does it. */
@FunctionalInterface
public interface Progress {
    /** A step begins; one short phrase, such as "linking the Java runtime". */
    void step(String what);

    Progress SILENT = what -> {};
}
