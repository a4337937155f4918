package org.cloudos.cli;

import java.util.Iterator;
import org.cloudos.cli.profile.ProfileText;

/** Candidates for the completion of a profile's name. */
final class ProfileNames implements Iterable<String> {
    @Override public Iterator<String> iterator() {
        return ProfileText.names(Checkout.find().profiles()).iterator();
    }
}
