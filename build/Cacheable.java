import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Optional;
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
            if (jar.stream().noneMatch(entry -> signature(entry) || newer(jar, entry).isPresent())) return; // untouched: who looks at dates finds nothing new
            try (OutputStream file = Files.newOutputStream(aside); JarOutputStream out = new JarOutputStream(file, plain(jar.getManifest()))) {
                for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements();) {
                    JarEntry entry = entries.nextElement();
                    if (signature(entry) || entry.getName().equals(JarFile.MANIFEST_NAME)) continue;
                    JarEntry copy = new JarEntry(entry.getName());
                    copy.setTime(entry.getTime());
                    out.putNextEntry(copy);
                    Optional<byte[]> newer = newer(jar, entry);
                    out.write(newer.isPresent() ? newer.get() : read(jar, entry));
                    out.closeEntry();
                }
            }
        }
        Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A class that is too old, with stack maps; empty for all else, and where that cannot be done: it is loaded as before then. */
    private Optional<byte[]> newer(JarFile jar, JarEntry entry) {
        if (!entry.getName().endsWith(".class")) return Optional.empty();
        try {
            byte[] bytes = read(jar, entry);
            if (bytes.length < 8 || ((bytes[6] & 0xff) << 8 | bytes[7] & 0xff) >= ClassFile.JAVA_6_VERSION) return Optional.empty(); // JVMS §4.1: major_version
            return Optional.of(classes.transformClass(classes.parse(bytes), NEWER));
        } catch (IOException | IllegalArgumentException cannot) {
            System.err.println(entry.getName() + " is left as it is: " + cannot.getMessage());
            return Optional.empty();
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
