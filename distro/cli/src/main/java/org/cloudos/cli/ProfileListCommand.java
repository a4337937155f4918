package org.cloudos.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.cloudos.cli.profile.Profile;
import org.cloudos.cli.profile.ProfileText;
import org.cloudos.cli.profile.Profiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the profiles that come with CloudOS. */
@Command(name = "list", header = "Lists the profiles that come with CloudOS.")
final class ProfileListCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    record Row(String name, int bundles, List<String> includes, String about) { }

    ProfileListCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() {
        Profiles profiles = new Profiles(Checkout.find().profiles());
        List<Row> rows = new ArrayList<>();
        for (String name : profiles.names()) {
            Profile profile = profiles.find(name);
            List<String> includes = profile.text().files().stream().filter(f -> !f.equals(profile.text().file()))
                    .map(ProfileText::name).toList();
            rows.add(new Row(name, profile.bundles().size(), includes, profile.text().about()));
        }
        if (json) {
            console.json(rows);
        } else {
            Table table = new Table("PROFILE", "BUNDLES", "INCLUDES", "ABOUT");
            rows.forEach(r -> table.row(r.name, r.bundles, String.join(", ", r.includes), r.about));
            console.print(table.toString());
        }
        return Failure.OK;
    }
}
