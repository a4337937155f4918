package org.cloudos.cli.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LockedListTest {
    private static final List<Profile.LockedBundle> TWO = List.of(new Profile.LockedBundle("a", "[1.0.0,1.0.1)", 1),
            new Profile.LockedBundle("b", "[2.0.0,2.0.1)", 2));
    private static final String TEXT = "-runbundles: \\\n\ta;version='[1.0.0,1.0.1)',\\\n\tb;version='[2.0.0,2.0.1)'";

    @Test void takesThePlaceOfTheOldOne() {
        assertEquals("# x\n" + TEXT + "\n-runvm: y\n",
                LockedList.replace("# x\n-runbundles: \\\n\told,\\\n\tolder\n-runvm: y\n", TWO));
    }

    @Test void keepsLevelsApart() {
        assertEquals("-runbundles+: a;startlevel=1\n" + TEXT + "\n",
                LockedList.replace("-runbundles+: a;startlevel=1\n-runbundles: old\n", TWO));
    }

    @Test void comesLastInAProfileThatHadNone() {
        assertEquals("-runvm: y\n\n# Made by ./cloudos profile resolve\n" + TEXT + "\n", LockedList.replace("-runvm: y\n", TWO));
    }

    @Test void replacingTwiceIsReplacingOnce() {
        String once = LockedList.replace("-runvm: y\n", TWO);
        assertEquals(once, LockedList.replace(once, TWO));
    }
}
