package org.cloudos.config.command;

import java.util.List;
import java.util.function.Function;
import org.cloudos.config.ConfigTree;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Completes settings that are given a value: KEY=. */
@Component(service = Function.class, property = Suggest.SOURCE + "=" + SettingWords.NAME)
public final class SettingWords implements Function<String, List<String>> {
    static final String NAME = "config.settings";
    private final ConfigTree tree;

    @Activate
    public SettingWords(@Reference ConfigTree tree) {
        this.tree = tree;
    }

    @Override public List<String> apply(String word) {
        return tree.keys().stream().map(key -> key + "=").toList();
    }
}
