package zoo;

import lib.Base;

public class Dog extends Base implements Animal {
  public String noise() { return "woof" + tail; }
  //                                      ^ external external:lib#Base.tail
  public void run() {
    speak();
    // @5 resolved/call zoo/Animal.java:5
    inherited(1);
    // @5 external/call external:lib#Base.inherited
    Runnable r = () -> noise();
    //                 ^ dispatch/call :6 :24
    new Animal() {
      //^ resolved/new zoo/Animal.java:3
      public String noise() { return Dog.this.noise(); }
      //                                      ^ dispatch/call :6 :24
    }.speak();
    // @7 resolved/call zoo/Animal.java:5
  }

  static class Puppy extends Dog {
    @Override public String noise() { return super.noise(); }
    // @6 external/decorate external:java.lang#Override
    //                                             ^ resolved/call :6
    <T extends Animal> void hear(T some, Dog dog) {
      some.noise();
      //   ^ dispatch/call zoo/Animal.java:4 :6 :17 :24
      dog.noise();
      //  ^ dispatch/call :6 :24
      new Puppy().noise();
      //          ^ resolved/call :24
      int noise = 3;
      noise();
      // @7 resolved/call :24
      noise += 1;
      // @7 exact/write :34
    }
  }
}
