import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.Locale;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Makes the jars that it is given such that the JVM can take their classes into its AOT cache, in place.
 *
 * <ul>
 * <li>Of a signed jar it keeps no class, and checks the digest of each that it loads. The signatures are taken off: nobody asks for them, since the JDK wants
 * none of a provider, and what Maven fetched it has checked already.
 * <li>Of classes older than Java 6 (picocli, FreeTTS) it keeps none ready for use, since they bring no stack maps and must be verified the slow way at each start. They
 * get stack maps, and the version number that says so; what they do stays as it was.
 * </ul>
 */
final class Cacheable {
    /** The first version that must have stack maps, JVMS §4.10.1. */
    private static final int WITH_STACK_MAPS = ClassFile.JAVA_7_VERSION;

    private static final ClassTransform NEWER = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL).andThen((builder, element) -> {
        if (element instanceof ClassFileVersion) builder.withVersion(WITH_STACK_MAPS, 0);
        else builder.with(element);
    });

    private final ClassFile classes;

    private Cacheable(ClassLoader all) {
        classes = ClassFile.of(ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(all)));
    }

    public static void main(String[] jars) throws IOException {
        URL[] all = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) all[i] = Path.of(jars[i]).toUri().toURL();
        try (URLClassLoader loader = new URLClassLoader(all)) {
            Cacheable cacheable = new Cacheable(loader);
            for (String jar : jars) cacheable.write(Path.of(jar));
        }
    }

    private void write(Path path) throws IOException {
        Path aside = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid());
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            if (jar.stream().noneMatch(entry -> signature(entry) || old(jar, entry))) return;
            try (OutputStream file = Files.newOutputStream(aside); JarOutputStream out = new JarOutputStream(file, plain(jar.getManifest()))) {
                for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements();) {
                    JarEntry entry = entries.nextElement();
                    if (signature(entry) || entry.getName().equals(JarFile.MANIFEST_NAME)) continue;
                    JarEntry copy = new JarEntry(entry.getName());
                    copy.setTime(entry.getTime());
                    out.putNextEntry(copy);
                    out.write(old(jar, entry) ? newer(read(jar, entry)) : read(jar, entry));
                    out.closeEntry();
                }
            }
        }
        Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** As it was, where that cannot be done: it is loaded as before then. */
    private byte[] newer(byte[] old) {
        try {
            ClassModel model = classes.parse(old);
            return classes.transformClass(model, NEWER);
        } catch (IllegalArgumentException cannot) {
            System.err.println("left as it is: " + cannot.getMessage());
            return old;
        }
    }

    private static boolean old(JarFile jar, JarEntry entry) {
        if (!entry.getName().endsWith(".class")) return false;
        try (var in = jar.getInputStream(entry)) {
            byte[] head = in.readNBytes(8);
            return head.length == 8 && ((head[6] & 0xff) << 8 | head[7] & 0xff) < ClassFile.JAVA_6_VERSION; // JVMS §4.1: major_version
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static byte[] read(JarFile jar, JarEntry entry) throws IOException {
        try (var in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static boolean signature(JarEntry entry) {
        return entry.getName().toUpperCase(Locale.ROOT).matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
    }

    /** The main attributes alone: the digest of each class is dropped with what signed it. */
    private static Manifest plain(Manifest signed) {
        Manifest plain = new Manifest();
        if (signed != null) plain.getMainAttributes().putAll(signed.getMainAttributes());
        plain.getMainAttributes().putIfAbsent(Attributes.Name.MANIFEST_VERSION, "1.0");
        return plain;
    }
}
