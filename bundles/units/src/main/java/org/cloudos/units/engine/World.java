package org.cloudos.units.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.units.UnitEvent;
import org.cloudos.units.process.Accounts;
import org.cloudos.units.process.Cgroups;

/** What the units need from outside. */
public interface World {
    /** A clock that only goes forward, in nanoseconds; also while the machine sleeps it may stand still. */
    long nanos();

    /** The clock on the wall, which may jump. */
    Instant now();

    /** For calendar events that name no other. */
    ZoneId zone();

    /** Since the machine, or hosted this system, began to start. */
    Duration uptime();

    /** Empty where there are none for us. */
    Optional<Cgroups> cgroups();

    /** Users and groups. */
    Accounts accounts();

    /** Whether services can be given other users, namespaces and rights. */
    boolean privileged();

    /** Where services keep things. */
    Folders folders();

    /** What specifiers stand for that are the same for all units. */
    Map<Character, String> facts();

    /** The bundles of this system. */
    Bundles bundles();

    /** Something happened to a unit. @param bad whether somebody should look */
    void log(String unit, boolean bad, String message);

    /** A line that a unit's process wrote. @param priority of syslog(3), 0 to 7 */
    void output(String unit, String identifier, long pid, int priority, String line);

    /** A unit's state changed. */
    void changed(UnitEvent event);

    /** Waits for something slow off the units' thread. */
    void elsewhere(Runnable work);

    /**
     * @param run      for PID files and {@code RuntimeDirectory=}
     * @param ours     what is kept over boots
     * @param sockets  where services find us, whatever of the file system they see
     */
    record Folders(Path run, Path state, Path cache, Path logs, Path config, Path ours, Path sockets) { }

    /** Bundles, as a {@code .bundles} unit has them. Thread-safe. */
    interface Bundles {
        /** Starts one, installing it first when it is a file. @throws Exception says why it does not start */
        void start(String nameOrFile) throws Exception;

        /** Stops one. */
        void stop(String nameOrFile) throws Exception;

        /** Whether it runs. */
        boolean active(String nameOrFile);

        /** Those among {@code names} that are not there. */
        List<String> missing(List<String> names);
    }
}
