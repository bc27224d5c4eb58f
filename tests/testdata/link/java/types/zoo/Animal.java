package zoo;

public interface Animal {
  String noise();
  default void speak() {
    print(noise());
    // @5 unresolved/call
    //    ^ dispatch/call :4 zoo/Dog.java:6 zoo/Dog.java:17 zoo/Dog.java:24
  }
}
