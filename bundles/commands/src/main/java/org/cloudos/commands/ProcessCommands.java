package org.cloudos.commands;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.linux.Signals;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The processes of the kernel underneath: on a booted machine init and the JVM, and what bundles start. */
@Component(service = ProcessCommands.class)
@GogoCommand(scope = "os", function = {"processes", "kill"})
public final class ProcessCommands {
    /** One process; the JVM that this runs in is marked. */
    public record Line(long pid, long parent, String user, Duration cpu, boolean self, String command) {
        private static final String UNKNOWN = "";

        static Line of(ProcessHandle process) {
            ProcessHandle.Info info = process.info();
            return new Line(process.pid(), process.parent().map(ProcessHandle::pid).orElse(0L), info.user().orElse(UNKNOWN),
                    info.totalCpuDuration().orElse(Duration.ZERO), process.pid() == ProcessHandle.current().pid(),
                    info.command().orElse(UNKNOWN));
        }
    }

    private final Signals signals;

    /** Made by Declarative Services when a command runs first. */
    @Activate
    public ProcessCommands(@Reference Signals signals) {
        this.signals = signals;
    }

    /** All processes that may be seen. */
    @Descriptor("the processes on this machine; `self` is the JVM that CloudOS runs in")
    @Example({"os:processes", "os:processes --json"})
    public Object processes(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<Line> all = ProcessHandle.allProcesses().map(Line::of).sorted(Comparator.comparingLong(Line::pid)).toList();
        return Json.when(json, all);
    }

    /** Sends a signal. */
    @Descriptor("sends a signal to a process: 15 (end, please) unless told otherwise; 9 ends the JVM itself, and init starts it again")
    @Example({"os:kill 4711", "os:kill --signal 9 4711"})
    public void kill(
            @Parameter(names = {"--signal", "-s"}, absentValue = "15") @Descriptor("number of the signal, 0 to 64") int signal,
            @Descriptor("process id, from os:processes") long pid) throws IOException {
        signals.send(pid, signal);
    }
}
