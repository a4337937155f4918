package org.cloudos.units.osgi;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Units that other units count on and that no package brings: systemd.special(7). A file of the same name replaces one. */
final class BuiltIn {
    private static final List<String> PLAIN = List.of("local-fs-pre Local File Systems, Before They Are Mounted", "local-fs Local File Systems",
            "remote-fs-pre Remote File Systems, Before They Are Mounted", "remote-fs Remote File Systems", "swap Swaps", "network-pre Network, Before It Is Up",
            "network Network", "network-online Network Is Online", "nss-lookup Host and Network Name Lookups", "nss-user-lookup User and Group Name Lookups",
            "time-set System Time Set", "time-sync System Time Synchronized", "getty Login Prompts", "rpcbind RPC Port Mapper",
                    "cryptsetup Local Encrypted Volumes",
            "remote-cryptsetup Remote Encrypted Volumes", "slices Slices", "machines Containers", "printer Printers", "sound Sound Cards",
                    "bluetooth Bluetooth");
    private static final List<String> EARLY = List.of("sockets Sockets", "timers Timers", "paths Paths");

    private BuiltIn() { }

    /** Texts by name. */
    static Map<String, String> units() {
        Map<String, String> all = new HashMap<>();
        PLAIN.forEach(t -> all.put(name(t), unit(t, "DefaultDependencies=no\n")));
        EARLY.forEach(t -> all.put(name(t), unit(t, "DefaultDependencies=no\nBefore=shutdown.target\nConflicts=shutdown.target\n")));
        all.put("sysinit.target", unit("sysinit System Initialization", """
                DefaultDependencies=no
                Conflicts=shutdown.target
                Before=shutdown.target
                Wants=local-fs.target swap.target
                After=local-fs.target swap.target
                """));
        all.put("basic.target", unit("basic Basic System", """
                Requires=sysinit.target
                Wants=sockets.target timers.target paths.target slices.target
                After=sysinit.target sockets.target paths.target slices.target
                """));
        all.put("multi-user.target", unit("multi-user Multi-User System", """
                Requires=basic.target
                Conflicts=rescue.target
                After=basic.target rescue.target
                AllowIsolate=yes
                """));
        all.put("graphical.target", unit("graphical Graphical Interface", "Requires=multi-user.target\nAfter=multi-user.target\nAllowIsolate=yes\n"));
        all.put("rescue.target", unit("rescue Rescue Mode", "Requires=sysinit.target\nAfter=sysinit.target\nAllowIsolate=yes\n"));
        all.put("umount.target", unit("umount Unmount All File Systems", "DefaultDependencies=no\nRefuseManualStart=yes\n"));
        all.put("shutdown.target", unit("shutdown System Shutdown", "DefaultDependencies=no\nRefuseManualStart=yes\n"));
        return all;
    }

    private static String name(String text) {
        return text.substring(0, text.indexOf(' ')) + ".target";
    }

    private static String unit(String text, String lines) {
        return "[Unit]\nDescription=" + text.substring(text.indexOf(' ') + 1) + "\n" + lines;
    }
}
