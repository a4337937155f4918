package org.cloudos.config.command;

import java.util.List;
import java.util.function.Function;
import org.cloudos.config.ConfigTree;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Completes keys of settings. */
@Component(service = Function.class, property = Suggest.SOURCE + "=" + KeyWords.NAME)
public final class KeyWords implements Function<String, List<String>> {
    static final String NAME = "config.keys";
    private final ConfigTree tree;

    @Activate
    public KeyWords(@Reference ConfigTree tree) {
        this.tree = tree;
    }

    @Override public List<String> apply(String word) {
        return tree.keys();
    }
}
