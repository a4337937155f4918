package org.cloudos.units.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.shell.Json;
import org.cloudos.units.Units;
import org.junit.jupiter.api.Test;

class CriticalChainCommandTest {
    private final List<Object> asked = new ArrayList<>();
    private final CriticalChainCommand command = new CriticalChainCommand((Units) Proxy.newProxyInstance(Units.class.getClassLoader(),
            new Class<?>[] {Units.class}, (proxy, method, arguments) -> {
                asked.add(arguments[0]);
                return List.of(new Units.ChainLink(1, "a.service", Duration.ofSeconds(2), Duration.ofSeconds(1)));
            }));

    @Test void takesWhatTheShellGives() throws Exception {
        assertEquals(List.of(new CriticalChainCommand.Took("  a.service", Duration.ofSeconds(1), Duration.ofSeconds(2))),
                command.execute(null, List.of()));
        assertInstanceOf(Json.class, command.execute(null, List.of("--json", "nginx")));
        assertEquals(List.of("", "nginx"), asked);
    }

    @Test void refusesWhatItDoesNotKnow() {
        assertThrows(IllegalArgumentException.class, () -> command.execute(null, List.of("--jsn")));
        assertThrows(IllegalArgumentException.class, () -> command.execute(null, List.of("a", "b")));
    }
}
