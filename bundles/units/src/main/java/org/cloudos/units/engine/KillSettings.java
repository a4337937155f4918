package org.cloudos.units.engine;

import java.util.List;
import org.cloudos.units.file.Settings;

/** Keys of systemd.kill(5). @param mode {@code control-group}, {@code mixed}, {@code process} or {@code none} */
record KillSettings(String mode, int signal, int restartSignal, int finalSignal, int watchdogSignal, boolean hangUp, boolean finalKill) {
    static KillSettings read(Settings settings, String section) {
        int signal = settings.get(section, "KillSignal", Signals::parse).orElse(Signals.TERM);
        return new KillSettings(settings.word(section, "KillMode", "control-group", List.of("control-group", "mixed", "process", "none")), signal,
                settings.get(section, "RestartKillSignal", Signals::parse).orElse(signal),
                settings.get(section, "FinalKillSignal", Signals::parse).orElse(Signals.KILL),
                settings.get(section, "WatchdogSignal", Signals::parse).orElse(Signals.ABRT),
                settings.bool(section, "SendSIGHUP", false), settings.bool(section, "SendSIGKILL", true));
    }

    boolean wholeGroup() {
        return mode.equals("control-group") || mode.equals("mixed");
    }
}
