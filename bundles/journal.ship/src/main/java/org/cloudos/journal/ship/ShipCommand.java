package org.cloudos.journal.ship;

import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** What comes and goes over the network. */
@Component(service = ShipCommand.class)
@GogoCommand(scope = "log", function = "ship")
public final class ShipCommand {
    /** A target or a port. */
    public record Row(String name, String url, long records, long waiting, long refused, long missed, String trouble) { }

    private final List<Target> targets;
    private final List<Listener> listeners;

    /** Made when the command runs first. */
    @Activate
    public ShipCommand(@Reference(policyOption = ReferencePolicyOption.GREEDY) List<Target> targets,
            @Reference(policyOption = ReferencePolicyOption.GREEDY) List<Listener> listeners) {
        this.targets = targets;
        this.listeners = listeners;
    }

    /** Lists them. */
    @Descriptor("collectors that records are sent to, and ports that take syslog: records so far, what waits, what hinders")
    @Example({"log:ship", "log:ship --json"})
    public Object ship(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<Row> rows = new ArrayList<>();
        targets.forEach(t -> {
            Shipping.State s = t.state();
            rows.add(new Row(s.target(), t.url(), s.sent(), s.waiting(), s.refused(), s.missed(), s.trouble()));
        });
        listeners.forEach(l -> rows.add(new Row("receive", l.url(), l.received(), 0, 0, l.dropped(), "")));
        return Json.when(json, rows);
    }
}
