package org.cloudos.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassListTest {
    @Test void oneOrderWhateverTheRunWas() {
        List<String> expected = List.of("java/lang/Object", "org/Main", "@cp org/Main 1 2", "@lambda-form-invoker X");
        assertEquals(expected, ClassList.normalise(List.of("# comment", "java/lang/Object id: 0", "@lambda-form-invoker X",
                "org/Main id: 7", "org/Custom id: 8 super: 0 source: /cache/x.jar", "@cp org/Main 1 2", "")));
        assertEquals(expected, ClassList.normalise(List.of("@cp org/Main 1 2", "org/Main id: 3", "java/lang/Object id: 1",
                "@lambda-form-invoker X", "org/Main id: 3")));
    }
}
