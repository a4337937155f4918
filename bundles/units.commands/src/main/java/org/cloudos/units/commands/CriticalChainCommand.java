package org.cloudos.units.commands;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.cloudos.units.UnitException;
import org.cloudos.units.Units;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code svc:critical-chain}: no Java method has that name, so Gogo calls {@link #execute}; help and completion read {@link #criticalchain}. */
@Component(service = CriticalChainCommand.class)
@GogoCommand(scope = "svc", function = "critical-chain")
public final class CriticalChainCommand implements Function {
    /** A unit and how long it took. */
    public record Took(String unit, Duration took, Duration at) { }

    private final Units units;

    /** Made by Declarative Services when the command runs first. */
    @Activate
    public CriticalChainCommand(@Reference Units units) {
        this.units = units;
    }

    @Override public Object execute(CommandSession session, List<Object> arguments) throws Exception {
        boolean json = false;
        List<String> names = new ArrayList<>();
        for (Object argument : arguments) {
            String word = String.valueOf(argument);
            if (word.equals("--json")) {
                json = true;
            } else if (word.startsWith("-")) {
                throw new IllegalArgumentException("svc:critical-chain: unknown option " + word + "; expected [--json] [UNIT]");
            } else {
                names.add(word);
            }
        }
        return criticalchain(json, names.toArray(String[]::new));
    }

    /** What a start waited for. */
    @Descriptor("the chain of units that a unit's start waited for: when each was up, and how long it took")
    @Example({"svc:critical-chain", "svc:critical-chain nginx"})
    public Object criticalchain(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("a unit; none: the boot target") String... name) throws UnitException {
        if (name.length > 1) {
            throw new IllegalArgumentException("svc:critical-chain: expected one unit, found " + String.join(", ", name));
        }
        List<Units.ChainLink> chain = units.criticalChain(name.length == 0 ? "" : name[0]);
        return json ? new Json(chain) : chain.stream().map(l -> new Took("  ".repeat(l.depth()) + l.unit(), l.took(), l.at())).toList();
    }
}
