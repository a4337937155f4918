package org.cloudos.units.engine;

import java.util.Map;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.UnitName;

/** Which class a unit's type has. */
final class UnitTypes {
    private UnitTypes() { }

    static Unit make(Engine engine, UnitName id) {
        return switch (id.type()) {
            case "service" -> new ServiceUnit(engine, id);
            case "socket" -> new SocketUnit(engine, id);
            case "timer" -> new TimerUnit(engine, id);
            case "path" -> new PathUnit(engine, id);
            case "mount" -> new MountUnit(engine, id);
            case "bundles" -> new BundlesUnit(engine, id);
            case "target", "slice" -> new PassiveUnit(engine, id);
            default -> new UnsupportedUnit(engine, id);
        };
    }

    /** Types that systemd has and we have not. */
    private static final class UnsupportedUnit extends PassiveUnit {
        private static final Map<String, String> WHY = Map.of("automount", "there is nobody who would be asked by the kernel; use the mount unit",
                "swap", "", "device", "there is no udev that would make such units; use ConditionPathExists= or a path unit", "scope",
                        "scopes are made by programs, not by files");

        UnsupportedUnit(Engine engine, UnitName id) {
            super(engine, id);
        }

        @Override boolean needsFile() {
            return true;
        }

        @Override void configure(Settings settings) {
            String why = WHY.get(id().type());
            throw new IllegalArgumentException("units of type " + id().type() + " are not supported" + (why.isEmpty() ? "" : ": " + why));
        }
    }
}
