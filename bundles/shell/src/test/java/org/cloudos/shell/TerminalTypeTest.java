package org.cloudos.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.jline.utils.InfoCmp;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTypeTest {
    @ParameterizedTest
    @CsvSource({"xterm,xterm", "xterm-256color,xterm-256color", "tmux-256color,screen-256color", "vt220,ansi", "linux,ansi",
        "alacritty,xterm", "xterm-kitty,xterm", "dumb,dumb", ",dumb", "--help,xterm"})
    void everyTypeHasCapabilities(String type, String known) {
        assertEquals(known, TerminalType.known(type));
        assertNotNull(InfoCmp.getLoadedInfoCmp(known));
    }
}
