package org.shop.model;

public class Thing {
  private final String name;
  protected Thing(String name) {
    this.name = name;
    //   ^ resolved/write :4
  }
  public String name() {
    return name;
    //     ^ resolved/read :4
  }
}
