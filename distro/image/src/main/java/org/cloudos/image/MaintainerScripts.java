package org.cloudos.image;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a package's maintainer scripts would do. They are read for it, never run. */
final class MaintainerScripts {
    /** Commands that make something which the package then relies on. */
    private static final Pattern MAKES = Pattern.compile("(?m)^[^#\\n]*?\\b(adduser|addgroup|useradd|groupadd|usermod|dpkg-statoverride\\s+--(?:update|add)"
            + "|update-alternatives\\s+--install|chown|chgrp|chmod|mkdir|ln\\s+-s\\w*|cp|touch|setcap|ucf)\\s");
    /** Without these accounts the package can't run at all. */
    private static final Pattern ACCOUNTS = Pattern.compile("adduser|addgroup|useradd|groupadd");
    /** What debhelper writes for a unit that is enabled when it is installed. */
    private static final Pattern ENABLES = Pattern.compile("deb-systemd-helper\\s+enable\\s+'([^']+)'");

    /** And before it for one that is not (dh_installsystemd(1), --no-enable): an upgrade alone renews its links. */
    private static final Pattern AS_IT_WAS = Pattern.compile("deb-systemd-helper\\s+debian-installed\\s+'([^']+)'");

    private MaintainerScripts() { }

    /** The commands of its scripts whose results somebody must declare, in order. */
    static List<String> makes(DebControl control) {
        TreeSet<String> found = new TreeSet<>();
        for (String text : control.scripts().values()) {
            Matcher matcher = MAKES.matcher(text.replace("\\\n", " "));
            while (matcher.find()) found.add(matcher.group(1).replaceAll("\\s+", " "));
        }
        return List.copyOf(found);
    }

    /** Whether it would make a user or a group. */
    static boolean makesAccounts(DebControl control) {
        return makes(control).stream().anyMatch(ACCOUNTS.asMatchPredicate());
    }

    /** The units that it enables. */
    static List<String> enables(DebControl control) {
        List<String> units = new ArrayList<>();
        TreeSet<String> not = new TreeSet<>();
        for (String text : control.scripts().values()) {
            AS_IT_WAS.matcher(text).results().forEach(r -> not.add(r.group(1)));
        }
        for (String text : control.scripts().values()) {
            Matcher matcher = ENABLES.matcher(text);
            while (matcher.find()) {
                if (!units.contains(matcher.group(1)) && !not.contains(matcher.group(1))) units.add(matcher.group(1));
            }
        }
        return units;
    }
}
