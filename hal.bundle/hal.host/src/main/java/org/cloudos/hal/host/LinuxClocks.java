package org.cloudos.hal.host;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.Architecture;
import org.cloudos.hal.machine.Clocks;
import org.cloudos.hal.machine.CycleCounter;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.machine.MachineRegisters;

/** The monotonic clock, and the counter that is compared with it when it is first asked for. */
final class LinuxClocks implements Clocks {
    private final KernelFiles files;
    private final LinuxProcessors processors;
    private final MachineRegisters registers;
    private CycleCounter cycles; // guarded by this

    LinuxClocks(KernelFiles files, LinuxProcessors processors, MachineRegisters registers) {
        this.files = files;
        this.processors = processors;
        this.registers = registers;
    }

    @Override public long monotonic() {
        return System.nanoTime();
    }

    @Override public String source() {
        return files.text("sys/devices/system/clocksource/clocksource0/current_clocksource");
    }

    @Override public synchronized CycleCounter cycles() throws DeviceException {
        if (cycles == null) {
            try {
                MachineRegisters.Counter counter = registers.counter();
                boolean arm = processors.architecture() == Architecture.AARCH64; // its count is at one rate by definition, ARM DDI 0487 D12
                var features = processors.features();
                boolean invariant = arm || features.contains("constant_tsc") && features.contains("nonstop_tsc");
                cycles = new Calibrated(arm ? "CNTVCT" : "TSC", counter::read, System::nanoTime, invariant, registers.counterHertz());
            } catch (LinuxException e) {
                throw new DeviceException(Reason.UNAVAILABLE, "the cycle counter: not available here: " + e.getMessage(), e);
            }
        }
        return cycles;
    }
}
