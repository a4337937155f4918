package org.cloudos.units;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything about one unit.
 *
 * @param path       its file; empty when it has none
 * @param dropIns    files that change it, in the order in which they are read
 * @param properties further facts by name, as {@code systemctl show} calls them where it has them
 * @param cpu        processor time of its processes, where that is known
 * @param processes  of the unit now
 * @param output     the newest lines that it wrote
 * @param findings   what of its files is not done, or wrong
 * @param lastFailure of this or an earlier boot
 */
public record UnitDetails(UnitStatus status, String path, List<String> dropIns, Map<String, String> properties, Optional<Duration> cpu,
        List<ProcessLine> processes, List<Endpoint> endpoints, List<String> output, List<Finding> findings, Optional<Failure> lastFailure) {

    /** A process of a unit. @param role {@code main}, {@code control} or empty */
    public record ProcessLine(long pid, String role, String command) { }

    /** When and how a unit failed. @param detail such as {@code code=exited, status=1} */
    public record Failure(Instant at, String result, String detail) { }
}
