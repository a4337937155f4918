package org.cloudos.cli.home;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.constant.ConstantDescs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Felix's jar as a profile home has it: without the eager part of {@code SecureAction}'s static initializer, which
 * opens {@code java.net} to reflection by way of {@code sun.misc.Unsafe}, in case URL handlers will be wanted. They are
 * not, and it stood in the way of the prompt (docs/adr/0009-felix-without-eager-reflection.md). A framework whose
 * class looks otherwise is taken as it is.
 */
final class FrameworkJar {
    private static final String CLASS = "org/apache/felix/framework/util/SecureAction.class";
    private static final String CACHE = "accessor";
    private static final String EAGER = "getAccessor";

    private FrameworkJar() { }

    static void copy(Path from, Path to) throws IOException {
        try (ZipFile jar = new ZipFile(from.toFile()); OutputStream file = Files.newOutputStream(to);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (Enumeration<? extends ZipEntry> all = jar.entries(); all.hasMoreElements();) {
                ZipEntry entry = all.nextElement();
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                out.putNextEntry(copy);
                try (InputStream in = jar.getInputStream(entry)) {
                    byte[] bytes = in.readAllBytes();
                    out.write(entry.getName().equals(CLASS) ? lazy(bytes) : bytes);
                }
            }
        }
    }

    /** The class with {@code accessor} empty and no call of {@code getAccessor} before somebody needs it. */
    static byte[] lazy(byte[] bytes) {
        ClassModel model = ClassFile.of().parse(bytes);
        boolean known = model.fields().stream().anyMatch(f -> f.fieldName().equalsString(CACHE) && f.fieldType().equalsString("[B"))
                && model.methods().stream().filter(m -> m.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME))
                        .flatMap(m -> m.code().orElseThrow().elementStream()).anyMatch(FrameworkJar::isEagerCall);
        if (!known) {
            return bytes;
        }
        return ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG).transformClass(model, ClassTransform.transformingMethodBodies(
                m -> m.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME), CodeTransform.ofStateful(() -> new Cut(model))));
    }

    private static boolean isEagerCall(CodeElement element) {
        return element instanceof InvokeInstruction call && call.name().equalsString(EAGER);
    }

    /** Drops everything up to the eager call and the {@code pop} of its result. */
    private static final class Cut implements CodeTransform {
        private final ClassModel model;
        private boolean called;
        private boolean done;

        Cut(ClassModel model) {
            this.model = model;
        }

        @Override public void atStart(CodeBuilder code) {
            code.iconst_0().newarray(TypeKind.BYTE).putstatic(model.thisClass().asSymbol(), CACHE, ConstantDescs.CD_byte.arrayType());
        }

        @Override public void accept(CodeBuilder code, CodeElement element) {
            if (done) {
                code.with(element);
            } else if (called && element instanceof StackInstruction pop && pop.opcode() == Opcode.POP) {
                done = true;
            } else if (isEagerCall(element)) {
                called = true;
            }
        }
    }
}
