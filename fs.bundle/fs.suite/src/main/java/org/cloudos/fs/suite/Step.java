package org.cloudos.fs.suite;

import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;

/** One request of a model check. Nodes are counted from the first that was made, modulo how many there are: so a shorter list still runs. */
sealed interface Step {
    record Create(int folder, String name, NodeType type, int mode) implements Step { }

    record Link(int node, int folder, String name) implements Step { }

    record Remove(int folder, String name, boolean folderWanted) implements Step { }

    record Rename(int from, String name, int to, String toName, RenameMode mode) implements Step { }

    record Write(int node, int offset, int length, int seed) implements Step { }

    record Append(int node, int length, int seed) implements Step { }

    record Read(int node, int offset, int length) implements Step { }

    record Resize(int node, int size) implements Step { }

    record Allocate(int node, int offset, int length, AllocateMode mode) implements Step { }

    record Copy(int node, int offset, int to, int toOffset, int length) implements Step { }

    record Mode(int node, int mode, int owner) implements Step { }

    record SetExtended(int node, String name, int length, int seed, ExtendedMode mode) implements Step { }

    record RemoveExtended(int node, String name) implements Step { }

    record Hold(int node, boolean drop) implements Step { }

    record Lookup(int folder, String name) implements Step { }

    /** 0: sync of all; 1: sync of a node; 2: whatever the file system's test calls a disturbance, such as a remount or a swap. */
    record Disturb(int kind, int node) implements Step { }
}
