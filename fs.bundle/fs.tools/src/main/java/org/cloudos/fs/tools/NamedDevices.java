package org.cloudos.fs.tools;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.hal.block.BlockDevice;

/** Finds block devices by what people call them. */
final class NamedDevices {
    private NamedDevices() { }

    /** One or two devices, separated by a comma; the layer before a device is the later of the two with its name. */
    static List<BlockDevice> find(List<BlockDevice> devices, String names) {
        List<BlockDevice> found = new ArrayList<>();
        for (String name : names.split(",")) {
            List<BlockDevice> all = devices.stream().filter(d -> d.name().equals(name)).toList();
            if (all.isEmpty()) {
                throw new IllegalArgumentException("device: expected one of block:list, found " + name);
            }
            found.add(all.getLast());
        }
        return found;
    }
}
